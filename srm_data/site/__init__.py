"""The site: a page per service, duty and framework, an address for every cell, files, and the prose."""

from srm_data.site.prose import find_address, has_sphinx, write_prose
from srm_data.site.write import write_site

__all__ = ["find_address", "has_sphinx", "write_prose", "write_site"]
