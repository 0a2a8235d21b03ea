# Snippets for a Fastly service; each subroutine's name is the type of its snippet.

sub vcl_recv {
  if (req.url.path ~ "^/(admin|preview|healthz|readyz)(/|$)") {
    return(pass);
  }
  # A public page depends on host and path alone.
  set req.url = req.url.path;
  unset req.http.Cookie;
  if (fastly.ff.visits_this_service > 0) {
    # A shield must not answer another Fastly node with an old page: that node revalidates by itself.
    set req.max_stale_while_revalidate = 0s;
  }
}

sub vcl_fetch {
  # The site is down: an old page is better than none, for as long as its headers allow.
  if (beresp.status >= 500 && stale.exists) {
    return(deliver_stale);
  }
  # Only answers that say `public` are cached.
  if (beresp.http.Cache-Control !~ "public") {
    return(pass);
  }
}

sub vcl_error {
  if (obj.status >= 500 && stale.exists) {
    return(deliver_stale);
  }
}
