"""How people and programs reach 条问: settings, HTTP bodies, API, pages, the app and the command line."""
