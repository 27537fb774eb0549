"""`python -m benchmarks.incidents [FROM TO]`: what the histories of these seeds hold, one line a seed; 1 to 20 without."""

from __future__ import annotations

import sys

from benchmarks.incidents.weeks import digest, weeks


def main() -> None:
    """Print them; seeds.txt is the output for 1 to 20."""
    low, high = map(int, sys.argv[1:3] or (1, 20))
    print("seed reports plants detectable decoys digest")
    for seed in range(low, high + 1):
        each = weeks(seed)
        detectable = sum(plant.detectable for plant in each.plants)
        counts = f"{len(each.reports)} {len(each.plants)} {detectable} {len(each.decoys)}"
        print(f"{seed} {counts} {digest(each)}", flush=True)


if __name__ == "__main__":
    main()
