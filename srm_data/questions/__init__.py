"""A question such as "who patches rds?" -> cells, best first.

``words`` makes the one table that all that is compared stands in, ``understand`` takes a question apart
by it, and ``find`` lists the cells; ``beside`` sets two offerings side by side. The page carries the
same table; ``page/ask.js`` takes questions apart in the same steps, and a test asks both the same.
"""

from srm_data.questions.beside import compare_offerings
from srm_data.questions.find import find_answers

__all__ = ["compare_offerings", "find_answers"]
