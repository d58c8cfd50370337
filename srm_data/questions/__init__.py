"""Find the cells that answer a question such as "who patches rds?", best first.

``words`` builds the table of all known words, ``understand`` parses a question with it, ``parts``
splits one about several offerings, ``readings`` compares the ways to read it, and ``find`` lists the
cells; ``beside`` compares two offerings. The page includes the same table, and ``page/ask.js`` parses
in the same steps; a test compares the two.
"""

from srm_data.questions.beside import compare_offerings
from srm_data.questions.find import find_answers

__all__ = ["compare_offerings", "find_answers"]
