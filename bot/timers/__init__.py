"""Every "later" of the product: rows that say when, and one job that rings those that are due."""
