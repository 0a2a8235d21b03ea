"""The public site as a folder of files, for a web server, an object store or a CDN.

export.py   one export, from beginning to end: it requests pages as a server would
tree.py     the folder; replaces and removes only files that an export wrote there
serving.py  what servers need to send the files as the site does: nginx, _headers, _redirects
"""
