/* Any XML as items that expressions can walk: for the command line and for lists that come as files. */
#ifndef AUSMA_PLATFORM_FORM_DOCUMENT_H
#define AUSMA_PLATFORM_FORM_DOCUMENT_H

#include "platform/form/form.h"

enum { DOCUMENT_DEPTH_MAX = 100, DOCUMENT_NODES_MAX = 500000 };

/* An item without a name that holds the root element. ERR_BROKEN: no XML, or a DOCTYPE; ERR_LIMIT: too deep or too much. */
MUST_USE enum err document_read(struct arena *arena, struct bytes xml, struct form_item **out);

#endif
