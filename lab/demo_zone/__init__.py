"""A second zone joins a region: real memcached and haproxy processes on loopback, everything else simulated."""
