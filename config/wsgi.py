"""What gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = get_wsgi_application()

# What was loaded lives as long as the process: the collector need not walk it again, nor look up after every page. The
# workers that are forked from here share that memory for as long as nobody touches it.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 10, 10)
