"""A page, taken apart into ids, links and texts."""

from html.parser import HTMLParser


class Reader(HTMLParser):
    """Collects what a page holds: ids, links, texts, and whether every element that was opened is closed."""

    VOID = frozenset(("meta", "link", "input", "br"))

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.open, self.texts, self.tags = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes["href"]] if "href" in attributes else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)
