"""The folders of the sandbox: which may import which, and no circles in them."""

from tests.source import Module, modules, ours

# A folder imports only folders on lower steps; "" holds the server and the command line.
STEPS = (("core", "page"), ("rules",), ("api", "sim"), ("",))


def _folder(module: Module) -> str:
    parts = module.path.split("/")
    return parts[1] if len(parts) > 2 else ""


def _step(module: Module) -> int:
    return next(step for step, folders in enumerate(STEPS) if _folder(module) in folders)


def _imported(module: Module) -> set[Module]:
    """Imports for types alone count as well; a package is no more than its docstring."""
    found = {target for _, name in module.imports() if (target := ours(name)) is not None}
    return {target for target in found if not target.path.endswith("__init__.py")}


def test_a_folder_imports_itself_and_what_is_below_it() -> None:
    climbing = [
        f"{module.path} imports {target.path}"
        for module in modules("sandbox")
        for target in _imported(module)
        if _folder(target) != _folder(module) and _step(target) >= _step(module)
    ]
    assert not climbing


def test_no_module_imports_itself_through_others() -> None:
    circles = []
    for module in modules("sandbox"):
        reached: set[Module] = set()
        todo = _imported(module)
        while todo:
            reached |= todo
            todo = {target for one in todo for target in _imported(one)} - reached
        if module in reached:
            circles.append(module.path)
    assert not circles


def test_a_package_is_no_more_than_its_docstring() -> None:
    packages = [module for module in modules("sandbox") if module.path.endswith("__init__.py")]
    busy = {module.path for module in packages if len(module.tree.body) > 1}
    assert busy == {"sandbox/page/__init__.py"}
