"""``python -m srm_data``."""

from srm_data.cli import main

raise SystemExit(main())
