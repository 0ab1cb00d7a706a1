"""Trees that nest less deeply and have the same answer: Elasticsearch takes no more than thirty levels."""

from search.tree import And, Everything, Node, Not, Or, both, either

DEEPEST = 20  # levels of our own; a flag or a text in any field has three more

NOTHING = Not(Everything())


def shallow(node: Node) -> Node:
    """The node itself unless it is too deep; else negations stand at the leaves, and the deepest part outside.

    Where all is positive, a tree F with a part X is F without X, or F with X taken as given together with X.
    """
    if _depth(node) <= DEEPEST:
        return node
    return _split(_positive(node, wanted=True))


def _split(node: Node) -> Node:
    depth = _depth(node)
    if depth <= DEEPEST:
        return node
    part = _deepest(node, depth // 2)
    without, given = _put(node, part, NOTHING), _put(node, part, Everything())
    return _or([_split(without), _and([_split(given), _split(part)])])


def _positive(node: Node, *, wanted: bool) -> Node:
    match node:
        case Not():
            return _positive(node.part, wanted=not wanted)
        case And() | Or():
            parts = [_positive(part, wanted=wanted) for part in node.parts]
            return both(parts) if isinstance(node, And) is wanted else either(parts)
        case _:
            return node if wanted else Not(node)


def _deepest(node: Node, down: int) -> Node:
    """The part so many levels down the longest branch."""
    while down and isinstance(node, And | Or):
        node = max(node.parts, key=_depth)
        down -= 1
    return node


def _put(node: Node, part: Node, other: Node) -> Node:
    if node == part:
        return other
    if not isinstance(node, And | Or):
        return node
    parts = [_put(one, part, other) for one in node.parts]
    return _and(parts) if isinstance(node, And) else _or(parts)


def _and(parts: list[Node]) -> Node:
    return NOTHING if NOTHING in parts else both(parts)


def _or(parts: list[Node]) -> Node:
    if Everything() in parts:
        return Everything()
    some = [part for part in parts if part != NOTHING]
    return either(some) if some else NOTHING


def _depth(node: Node) -> int:
    match node:
        case Not():
            return 1 + _depth(node.part)
        case And() | Or():
            return 1 + max(map(_depth, node.parts))
        case _:
            return 0
