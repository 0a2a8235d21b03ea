"""The public site as a folder of files, for a web server, an object store or a CDN.

client.py   asks the WSGI application as a server would
tree.py     the folder; replaces and removes only files that an export wrote there
serving.py  configuration for servers to answer as the site does: nginx, _headers, _redirects
export.py   one export, from beginning to end
"""

from policies.operations.exporting.client import ExportFailed
from policies.operations.exporting.export import Counts, Export
from policies.operations.exporting.serving import UnwritableHeader
from policies.operations.exporting.tree import ExportRefused

__all__ = ["Counts", "Export", "ExportFailed", "ExportRefused", "UnwritableHeader"]
