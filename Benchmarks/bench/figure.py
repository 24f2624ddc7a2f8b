"""One row of the table."""


class Figure:
    """One row: `value` picks it out of a round's results, `least`/`most` is its bar."""

    def __init__(self, name, unit, value, least=None, most=None, digits=2):
        self.name, self.unit, self.value, self.least, self.most, self.digits = name, unit, value, least, most, digits

    def over(self, rounds):
        """the values of the rounds that have one"""
        values = []
        for results in rounds:
            try:
                values.append(self.value(results))
            except KeyError:
                pass
        return values

    def bar(self):
        sign, bound = ("≥", self.least) if self.most is None else ("≤", self.most)
        return f"{sign} {bound:g} {self.unit}".strip()

    def passes(self, value):
        return value >= self.least if self.most is None else value <= self.most

    def text(self, value):
        return f"{value:,.{self.digits}f} {self.unit}".strip()
