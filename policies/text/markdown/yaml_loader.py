"""The YAML of front matter, read once and within limits. Pure.

A module of its own, since PyYAML takes 1 MB that a process which only serves pages does without.
"""

from typing import Any

import yaml

from policies.text.short_text import in_short

_DEEPEST = 20


class YamlError(ValueError):
    """YAML that is not read. line: 1-based in the block. message: why, in a sentence."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class _Loader(yaml.SafeLoader):
    """Refuses aliases, of which a few lines mean more than any memory holds, and deeply nested
    brackets, which take time quadratic in their number.
    """

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise YamlError(line, f"*{event.anchor} is an alias. Write its value out.")
        self.depth += 1
        if self.depth > _DEEPEST and isinstance(event, yaml.CollectionStartEvent):
            raise YamlError(line, f"There are more than {_DEEPEST} nested lists here.")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except YamlError:
            raise
        except (ValueError, TypeError, LookupError, AttributeError) as error:  # a 13th month
            reason = f"The front matter is not YAML: {error}."
            raise YamlError(node.start_mark.line + 1, reason) from error


def read(block: str) -> object:
    """Return the value of a YAML document. Raises YamlError.

    Of a key that is given twice, YAML's reader takes the last; keys of a mapping are unique
    (YAML 1.2, section 3.2.1.1), so the document is refused.
    """
    try:
        loader = _Loader(block)
        node = loader.get_single_node()
        _refuse_repetition(node)
        return None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = f"The front matter is not YAML: {error.problem}."
        raise YamlError(mark.line + 1 if mark else 1, reason) from error
    except yaml.reader.ReaderError as error:
        line = block[: error.position].count("\n") + 1
        raise YamlError(line, f"The front matter is not YAML: {error.reason}.") from error


def _refuse_repetition(node: yaml.Node | None) -> None:
    seen: set[str] = set()
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode) and key.value in seen:
            words = f"{in_short(key.value)} is given twice. Leave one of them."
            raise YamlError(key.start_mark.line + 1, words)
        seen.add(str(key.value))
