#ifndef FILTER_H
#define FILTER_H

/* Installs the filter for this process and all that it will start. The descriptor of the listener, or -errno. */
int filter_install(void);

#endif
