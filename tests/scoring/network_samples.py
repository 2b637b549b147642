"""Small networks whose answers can be worked out by hand."""

from hypothesis import strategies as st

from assessments.scoring.network import Network, Person, Tie


def network(ties, people=(), *, groups=None, threshold=4):
    """Return a network from pairs such as "ba" (b asks a); `groups` names members by letters."""
    of = {letter: name for name, letters in (groups or {}).items() for letter in letters}
    ids = sorted({*people, *of, *"".join(ties)})
    return Network.build(
        [Person(i, group=of.get(i, "")) for i in ids],
        [Tie(asker, asked) for asker, asked in ties],
        threshold,
    )


# b, c, d ask a; e asks d; f asks e; g asks h; i asks g; a, h and j name nobody.
OFFICE_TIES = ("ba", "ca", "da", "ed", "fe", "gh", "ig")
OFFICE = network(OFFICE_TIES, groups={"North": "abcde", "South": "fghij"})

# r is asked by most, yet p and q together cover more than r with either.
OVERLAP = network(("ap", "bp", "cp", "dq", "eq", "fq", "ar", "br", "dr", "er"))


@st.composite
def networks(draw, largest=9):
    """Draw a network of two to `largest` people with any ties among them."""
    size = draw(st.integers(2, largest))
    ids = "abcdefghijkl"[:size]
    pairs = [a + b for a in ids for b in ids if a != b]
    ties = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=3 * size))
    return network(ties, ids)
