"""What the OPCO funds: dated rules, envelopes, companies' accounts, and what it has engaged on each request."""
