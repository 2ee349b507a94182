/* Reading XML piece by piece (libxml2's reader), the same careful way for workbooks and for answers: no network, no
 * document types, no entities but the five of XML. */
#ifndef AUSMA_PLATFORM_FORM_XML_H
#define AUSMA_PLATFORM_FORM_XML_H

#include "base/arena.h"

#include <libxml/xmlreader.h>
#include <stdbool.h>

enum xml_event { XML_EVENT_START, XML_EVENT_END, XML_EVENT_TEXT, XML_EVENT_DONE, XML_EVENT_BROKEN };

struct xml {
    xmlTextReaderPtr reader;
    bool close_next; /* an empty element's end is still to be told */
};

/* May it be read at all? False for document types, for what is no UTF-8 at first sight (it holds a NUL), and for more attributes of one element or
 * more namespaces than any form or workbook has, which libxml2 compares each with each. */
bool xml_fits(struct bytes data);
/* What libxml2 prints quotes what somebody typed: after this it says nothing any more on this thread. */
void xml_be_silent(void);
/* The reader is closed when the arena ends. ERR_BROKEN when there is no XML at all, or none that fits. */
MUST_USE enum err xml_open(struct arena *arena, struct bytes data, struct xml *out);
/* Comments and instructions are left out. */
enum xml_event xml_next(struct xml *xml);
/* The local name of the element just started or ended; lives until the next event. */
bool xml_is(const struct xml *xml, const char *name);
/* The text of a text event; lives until the next event. */
const char *xml_text(const struct xml *xml);
/* An attribute by local name, in any namespace; NULL when absent. */
char *xml_attribute(const struct xml *xml, struct arena *arena, const char *name);
/* After the start of an element: goes on to behind its end. False when the XML is broken. */
MUST_USE bool xml_skip(struct xml *xml);

#endif
