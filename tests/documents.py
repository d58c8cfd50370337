"""The documents for people, which tests read: the README, CONTRIBUTING and the pages of the guide."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
GUIDE = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "notebooks" / "guide").glob("*.md"))
}
"""Pages of the guide, by name."""

DOCUMENTS = "\n".join([README, CONTRIBUTING, *GUIDE.values()])
