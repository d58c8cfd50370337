"""Files owned by an organisation: decisions, owners, remarks, and the register made from them."""
