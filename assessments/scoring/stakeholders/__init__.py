"""People by influence and support: what the map says, and where each dot stands."""

from .finding import Move, Standing, headline, movement, settled, whom_first
from .placing import Cluster, Dot, Lane, Picture, column, place

__all__ = [
    "Cluster",
    "Dot",
    "Lane",
    "Move",
    "Picture",
    "Standing",
    "column",
    "headline",
    "movement",
    "place",
    "settled",
    "whom_first",
]
