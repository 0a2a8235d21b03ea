"""WhiteNoise as a wrapper around a WSGI application, which it never asks."""

from whitenoise import WhiteNoise

from tests.bench.peers import bare
from tests.bench.peers.page import FOLDER

application = WhiteNoise(bare.wsgi, root=FOLDER / "static", prefix="static/")
