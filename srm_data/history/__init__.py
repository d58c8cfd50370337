"""History: the answers of earlier data versions, and what has changed since."""
