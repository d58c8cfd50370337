"""One module per kind of inventory."""
