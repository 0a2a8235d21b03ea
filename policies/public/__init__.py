"""What readers and programs get.

    views.py              policies, versions, history, comparisons, and their JSON
    page.py               what makes a view a public page: caching, language, who may read it;
                          errors at addresses that answer in JSON
    embedding.py          pages without the site around them, for apps and frames
    format_views.py       versions as PDF (pdfs.py, html_to_pdf.py), Akoma Ntoso and Word
                          (word_files.py), their notices, and the public chain of publications
    log_views.py          the log: checkpoint, tiles and proofs
    kept_files.py         PDFs and Word files that are made once
    feeds.py              Atom feeds
    memento.py            time travel for programs (RFC 7089)
    openapi.py            what all addresses (addresses.toml) answer with, as OpenAPI
    well_known.py         robots.txt, security.txt and the sitemap
    preview_views.py      drafts for whoever has a link
    preview_comments.py   comments by whoever has one
    subscription_views.py subscribing to e-mails about a policy, and unsubscribing
    listed_urls.py        every public address that can be listed, for the export

What pages state:

    translations.py       the pages of a policy and its versions in other languages
    comparisons.py        redlines of published versions, made once and kept
    json_data.py          the content of the JSON responses
    change_notices.py     the words of the notice of a version, to be sent to users
    subscription_mails.py the e-mails to readers who subscribe
    client_address.py     the network address that a request comes from
    link_relations.py     the content of Link headers; web_links.py writes them, and
                          marks links that lead out of an app
    inline_assets.py      the stylesheet and the icon inside every page
"""
