# SPDX-License-Identifier: MIT
"""Small changes to C that a test has to notice.

A file is read as words, without a parser: the sources are formatted, and a change that does not compile
does not count. Of several changes that one test would notice, only the one that is hardest to notice is
made. So a part of a condition is left out, which takes a test of that part, and the whole condition is not
negated.
"""
import collections
import re

# The change of text[start:end] to new. name describes it; number counts equal changes of a line.
Mutant = collections.namedtuple("Mutant", "path function line text name number start end new")

WORD = re.compile(r"""
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<directive>^[ \t]*\#(?:[^\n\\]|\\.)*)
  | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<name>[A-Za-z_]\w*)
  | (?P<number>\d\w*)
  | (?P<sign>->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[^\s\w])
""", re.X | re.S | re.M)
OPENING, CLOSING = {"(": ")", "[": "]", "{": "}"}, {")", "]", "}"}
KEYWORDS = {"if", "else", "for", "while", "do", "switch", "case", "default", "return", "break", "continue",
            "goto", "sizeof", "struct", "union", "enum", "const", "static", "volatile", "unsigned",
            "int", "char", "long", "void", "bool", "_Alignas", "typedef"}
# Calls that release resources of init alone. Main inherits none of them, as test_descriptors shows.
GIVE_BACK = {"close", "munmap"}
BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
OPPOSITE = {"==": "!=", "!=": "=="}
ASSIGNMENTS = {"=", "|=", "&=", "+=", "-=", "*=", "/=", "++", "--"}


class Source:
    """The words of a file, and which of them belong together."""

    def __init__(self, path, text):
        self.path, self.text = path, text
        self.words = [match for match in WORD.finditer(text)
                      if match.lastgroup not in ("comment", "directive")]
        self.partner = {}
        opened = []
        for index, word in enumerate(self.words):
            if word.group() in OPENING:
                opened.append(index)
            elif word.group() in CLOSING:
                self.partner[index] = opened.pop()
                self.partner[self.partner[index]] = index
        self.found = []

    def word(self, index):
        return self.words[index].group() if 0 <= index < len(self.words) else ""

    def kind(self, index):
        return self.words[index].lastgroup if 0 <= index < len(self.words) else ""

    def functions(self):
        """The name of each function, and the first and last word of its body."""
        index = 0
        while index < len(self.words):
            if self.word(index) not in OPENING:
                index += 1
                continue
            end = self.partner[index]
            if self.word(index) == "{" and self.word(index - 1) == ")":
                yield self.word(self.partner[index - 1] - 1), index + 1, end
            index = end + 1

    def add(self, function, name, first, last, new):
        """Note a change of the words from first up to and without last."""
        start, end = self.words[first].start(), self.words[last - 1].end()
        begin = self.text.rfind("\n", 0, start) + 1
        line = self.text[begin:self.text.find("\n", start)].strip()
        self.found.append(Mutant(self.path, function, self.text.count("\n", 0, start) + 1, line, name,
                                 0, start, end, new))

    def span(self, first, last):
        return self.text[self.words[first].start():self.words[last - 1].end()]

    def operand(self, index, step, ends):
        """The first and last word of the operand left (step -1) or right (1) of the operator at index."""
        at = index + step
        while 0 <= at < len(self.words):
            word = self.word(at)
            if word in (CLOSING if step < 0 else OPENING):
                at = self.partner[at]
            elif word in ends or word in (OPENING if step < 0 else CLOSING):
                break
            at += step
        return (at + 1, index) if step < 0 else (index + 1, at)

    def mutate(self):
        for function, first, last in self.functions():
            for index in range(first, last):
                self.mutate_word(function, index)
        counts = collections.Counter()
        numbered = []
        for mutant in self.found:
            key = (mutant.function, mutant.text, mutant.name)
            counts[key] += 1
            numbered.append(mutant._replace(number=counts[key]))
        return numbered

    def mutate_word(self, function, index):
        word, kind = self.word(index), self.kind(index)
        if word in ("if", "while") and self.word(index + 1) == "(":
            self.condition(function, index, word)
        elif word in ("&&", "||"):
            self.part(function, index, word)
        elif word == "?":
            first, last = self.operand(index, -1, {"=", ",", ";", "return", "?", ":"})
            self.add(function, "the other of two", first, last,
                     "!(%s)" % self.span(first, last))
        elif word == "!" and not self.is_condition(index, self.operand(index, 1, {
                "&&", "||", "?", ":", ",", ";"})[1]):
            self.add(function, "no !", index, index + 1, "")
        elif word in BOUNDARY and not self.asks_for_error(index):
            self.add(function, "%s for %s" % (BOUNDARY[word], word), index, index + 1, BOUNDARY[word])
        elif word in OPPOSITE:
            ends = {"&&", "||", "?", ":", ",", ";", "=", "return", "|=", "&="}
            first, last = self.operand(index, -1, ends)[0], self.operand(index, 1, ends)[1]
            if not self.is_condition(first, last):
                self.add(function, "%s for %s" % (OPPOSITE[word], word), index, index + 1,
                         OPPOSITE[word])
        elif word in ("true", "false"):
            other = "false" if word == "true" else "true"
            self.add(function, "%s for %s" % (other, word), index, index + 1, other)
        elif kind == "number":
            self.number(function, index, word)
        elif word == "|":
            self.flags(function, index)
        if self.begins_statement(index):
            self.statement(function, index)

    def asks_for_error(self, index):
        """True for call() < 0. With <= a success that returns 0 would be an error, which any test notices."""
        return self.word(index - 1) == ")" and self.word(index) == "<" and self.word(index + 1) == "0"

    def is_condition(self, first, last):
        """True for a whole condition or a part of one, which other mutants leave out."""
        before, behind = self.word(first - 1), self.word(last)
        if before in ("&&", "||") or behind in ("&&", "||", "?"):
            return True
        return before == "(" and behind == ")" and self.word(first - 2) in ("if", "while")

    def condition(self, function, index, word):
        opening, closing = index + 1, self.partner[index + 1]
        inside = self.span(opening + 1, closing)
        signs, at = set(), opening + 1
        while at < closing:
            if self.word(at) in OPENING:
                at = self.partner[at]
            signs.add(self.word(at))
            at += 1
        is_any_of = "||" in signs
        is_all_of = "&&" in signs and not is_any_of
        if not is_any_of:
            self.add(function, word + " never", opening + 1, closing, "0 && (%s)" % inside)
        # A refusal of everything would be noticed by any test.
        refuses = (self.word(closing + 1) == "return" and
                   self.word(closing + 2) in ("fail", "fail_to", "false", "-", "errno"))
        if not is_all_of and word == "if" and not refuses:
            self.add(function, word + " always", opening + 1, closing, "1 || (%s)" % inside)

    def part(self, function, index, sign):
        """Leave out the operand on either side of && or ||."""
        neutral = "1" if sign == "&&" else "0"
        ends = {"||", "?", ":", "=", ",", ";", "return", "|=", "&="} | ({"&&"} if sign == "&&" else set())
        left, right = self.operand(index, -1, ends), self.operand(index, 1, ends)
        # An operand between two signs is left out once.
        if self.word(left[0] - 1) != sign:
            self.add(function, "without " + self.short(*left), *left, neutral)
        self.add(function, "without " + self.short(*right), *right, neutral)

    def short(self, first, last):
        text = " ".join(self.span(first, last).split())
        return text if len(text) <= 60 else text[:57] + "..."

    def number(self, function, index, word):
        before, behind = self.word(index - 1), self.word(index + 1)
        if not re.fullmatch(r"\d+", word) or before in ("-", "~", "."):
            return
        if before == "{" and behind == "}":
            return
        # A comparison has a mutant of its own; a 0 among arguments mostly means "none".
        if before in (*BOUNDARY, *OPPOSITE) or behind in (*BOUNDARY, *OPPOSITE) or (
                word == "0" and before in (",", "(") and behind in (",", ")")):
            return
        # The length of an array, which is chosen with room to spare.
        if before == "[" and behind == "]" and int(word) > 7:
            return
        if len(word) > 1 and word[0] == "0":
            # A mode: others may write, or may not.
            new = "0%o" % (int(word, 8) ^ 2)
        else:
            new = str(int(word) + 1)
        self.add(function, "%s for %s" % (new, word), index, index + 1, new)

    def flags(self, function, index):
        """Leave out one flag of several that are joined with |."""
        for at in (index - 1, index + 1):
            neighbour = self.word(at - 1 if at < index else at + 1)
            if not re.fullmatch(r"[A-Z][A-Z0-9_]+", self.word(at)) or neighbour == "(":
                continue
            # A flag between two signs is left out once, as the right operand of the first sign.
            if at > index or self.word(at - 1) != "|":
                self.add(function, "without " + self.word(at), at, at + 1, "0")

    def begins_statement(self, index):
        before = self.word(index - 1)
        if before in (";", "{", "}", "else", "do"):
            return True
        if before == ":":
            return self.word(index - 3) == "case" or self.word(index - 2) == "default"
        return (before == ")" and
                self.word(self.partner[index - 1] - 1) in ("if", "for", "while", "switch"))

    def statement(self, function, index):
        at = index + (self.word(index) == "*")
        if self.kind(at) != "name" or self.word(at) in KEYWORDS:
            return
        called = self.word(at)
        at += 1
        while self.word(at) in ("->", ".", "["):
            at = self.partner[at] + 1 if self.word(at) == "[" else at + 2
        if self.word(at) == "(":
            if called in GIVE_BACK or self.word(self.partner[at] + 1) != ";":
                return
        elif self.word(at) not in ASSIGNMENTS:
            return
        end = self.operand(at - 1, 1, {";"})[1]
        self.add(function, "no statement", index, end, "")


def mutants_of(path, text):
    return Source(path, text).mutate()


def apply(text, mutant):
    return text[:mutant.start] + mutant.new + text[mutant.end:]
