"""Controls of security frameworks: which duties carry them, and who addresses each."""
