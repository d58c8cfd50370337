"""History: what earlier data versions answered, and what changed since."""
