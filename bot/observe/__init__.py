"""What the process shows of itself: metrics, health, and logs without secrets."""
