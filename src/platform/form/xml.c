#include "platform/form/xml.h"

#include <limits.h>
#include <string.h>

static void close_reader(void *handle)
{
    xmlFreeTextReader(handle);
}

static void say_nothing(void *data, xmlErrorPtr error)
{
    (void)data;
    (void)error;
}

static void print_nothing(void *data, const char *format, ...)
{
    (void)data;
    (void)format;
}

void xml_be_silent(void)
{
    xmlSetStructuredErrorFunc(NULL, say_nothing);
    xmlSetGenericErrorFunc(NULL, print_nothing);
}

/* ---- before libxml2 sees it ---- */

enum { ATTRIBUTES_MAX = 200, NAMESPACES_MAX = 2000 };

static bool stands(const uint8_t *at, const uint8_t *end, const char *text)
{
    size_t len = strlen(text);
    return (size_t)(end - at) >= len && memcmp(at, text, len) == 0;
}

static const uint8_t *behind(const uint8_t *at, const uint8_t *end, const char *text)
{
    const uint8_t *found = memmem(at, (size_t)(end - at), text, strlen(text));
    return found == NULL ? end : found + strlen(text);
}

/* Goes on to the end of a tag. What is not well-formed may be counted wrongly: there libxml2 stops. */
static const uint8_t *count_tag(const uint8_t *at, const uint8_t *end, size_t *attributes, size_t *namespaces)
{
    for (; at < end && *at != '>'; at++) {
        if (*at == '=')
            ++*attributes;
        else if (stands(at, end, "xmlns"))
            ++*namespaces;
        else if (*at == '"' || *at == '\'') {
            at = memchr(at + 1, *at, (size_t)(end - at - 1));
            if (at == NULL)
                return end;
        }
    }
    return at;
}

bool xml_fits(struct bytes data)
{
    size_t namespaces = 0;
    if (data.len == 0 || data.len > INT_MAX || memchr(data.ptr, '\0', data.len) != NULL)
        return false;
    const uint8_t *at = data.ptr;
    const uint8_t *end = at + data.len;
    while (at < end && (at = memchr(at, '<', (size_t)(end - at))) != NULL) {
        size_t attributes = 0;
        if (stands(at, end, "<?"))
            at = behind(at, end, "?>");
        else if (stands(at, end, "<!--"))
            at = behind(at + 4, end, "-->");
        else if (stands(at, end, "<![CDATA["))
            at = behind(at, end, "]]>");
        else if (stands(at, end, "<!"))
            return false;
        else
            at = count_tag(at, end, &attributes, &namespaces);
        if (attributes > ATTRIBUTES_MAX || namespaces > NAMESPACES_MAX)
            return false;
    }
    return true;
}

/* ---- reading ---- */

enum err xml_open(struct arena *arena, struct bytes data, struct xml *out)
{
    if (!xml_fits(data))
        return ERR_BROKEN;
    int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    xml_be_silent();
    /* No conversion: UTF-8 is the one encoding that workbooks and answers come in. */
    xmlTextReaderPtr reader = xmlReaderForMemory((const char *)data.ptr, (int)data.len, NULL, "UTF-8", options);
    if (reader == NULL)
        return ERR_BROKEN;
    arena_defer(arena, close_reader, reader);
    xmlTextReaderSetStructuredErrorHandler(reader, say_nothing, NULL);
    *out = (struct xml){.reader = reader};
    return OK;
}

/* What a node of the reader means; false: nothing to tell. */
static bool event_of(struct xml *xml, int type, enum xml_event *out)
{
    switch (type) {
    case XML_READER_TYPE_ELEMENT:
        xml->close_next = xmlTextReaderIsEmptyElement(xml->reader) == 1;
        *out = XML_EVENT_START;
        return true;
    case XML_READER_TYPE_END_ELEMENT: *out = XML_EVENT_END; return true;
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE: *out = XML_EVENT_TEXT; return true;
    case XML_READER_TYPE_COMMENT:
    case XML_READER_TYPE_PROCESSING_INSTRUCTION:
    case XML_READER_TYPE_WHITESPACE:
    case XML_READER_TYPE_XML_DECLARATION: return false;
    default: *out = XML_EVENT_BROKEN; return true;
    }
}

enum xml_event xml_next(struct xml *xml)
{
    enum xml_event event = XML_EVENT_BROKEN;
    if (xml->close_next) {
        xml->close_next = false;
        return XML_EVENT_END;
    }
    for (;;) {
        int result = xmlTextReaderRead(xml->reader);
        if (result != 1)
            return result == 0 ? XML_EVENT_DONE : XML_EVENT_BROKEN;
        if (event_of(xml, xmlTextReaderNodeType(xml->reader), &event))
            return event;
    }
}

static const char *xml_name(const struct xml *xml)
{
    const xmlChar *name = xmlTextReaderConstLocalName(xml->reader);
    return name == NULL ? "" : (const char *)name;
}

bool xml_is(const struct xml *xml, const char *name)
{
    return strcmp(xml_name(xml), name) == 0;
}

const char *xml_text(const struct xml *xml)
{
    const xmlChar *text = xmlTextReaderConstValue(xml->reader);
    return text == NULL ? "" : (const char *)text;
}

char *xml_attribute(const struct xml *xml, struct arena *arena, const char *name)
{
    char *found = NULL;
    for (int more = xmlTextReaderMoveToFirstAttribute(xml->reader); more == 1 && found == NULL;
         more = xmlTextReaderMoveToNextAttribute(xml->reader))
        if (xml_is(xml, name))
            found = arena_text(arena, xml_text(xml));
    (void)xmlTextReaderMoveToElement(xml->reader);
    return found;
}

bool xml_skip(struct xml *xml)
{
    for (int depth = 1; depth > 0;) {
        enum xml_event event = xml_next(xml);
        if (event == XML_EVENT_DONE || event == XML_EVENT_BROKEN)
            return false;
        depth += event == XML_EVENT_START ? 1 : event == XML_EVENT_END ? -1 : 0;
    }
    return true;
}
