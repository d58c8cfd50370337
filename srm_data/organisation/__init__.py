"""Files that an organisation owns: decisions, owners and remarks, and the register made from them."""
