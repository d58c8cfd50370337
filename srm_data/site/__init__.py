"""The site: a page per service and duty, an address for every cell, files for other programs."""

from srm_data.site.write import write_site as write_site
