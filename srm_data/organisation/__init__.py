"""What an organisation owns: decisions, owners, and the register of its reviews."""
