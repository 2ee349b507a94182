/* From an XForm to a form: what the files of the reader share. */
#ifndef AUSMA_PLATFORM_FORM_XFORM_READ_H
#define AUSMA_PLATFORM_FORM_XFORM_READ_H

#include "platform/form/model.h"

#include <libxml/tree.h>

enum { TREE_DEPTH_MAX = 40 };

/* Which rule of a question a problem is about. */
enum xform_part {
    PART_NODE,
    PART_LABEL,
    PART_HINT,
    PART_RELEVANT,
    PART_REQUIRED,
    PART_READ_ONLY,
    PART_CONSTRAINT,
    PART_CONSTRAINT_MESSAGE,
    PART_REQUIRED_MESSAGE,
    PART_CALCULATION,
    PART_DEFAULT,
    PART_CHOICES,
    PART_COUNT,
    PART_TRIGGER,
    PARTS
};

/* Fills in where a rule stands in the workbook that the XForm was made from. */
struct xform_origin {
    void (*locate)(void *data, const char *path, enum xform_part part, struct form_problem *problem);
    void *data;
};

struct xform_text {
    const char *id;
    xmlNode *value; /* without a form */
    xmlNode *guidance, *image;
};

struct xform_language {
    struct xform_text *texts; /* by id */
    size_t count;
};

struct xform_reader {
    struct arena *arena, *scratch;
    struct form *form;
    const struct xform_origin *origin; /* NULL: a finished XForm */
    const struct form_source *source;
    xmlNode *model, *body, *instance; /* the first instance's root element */
    struct xform_language *itext;     /* per language */
    struct form_node **by_path;       /* sorted */
    struct form_rules **rules;        /* per node, while they are still written */
    xmlNode **binds, **controls;      /* per node; NULL: none */
    struct form_problem *problems;
    size_t problem_count, error_count;
};

/* Reads the DOM into `r->form`; problems are noted. */
void xform_read_document(struct xform_reader *r, xmlNode *html);
void xform_note(struct xform_reader *r, enum form_problem_code code, const struct form_node *node, enum xform_part part,
                const char *detail, bool warning);
const struct xpath_expr *xform_parse(struct xform_reader *r, const char *text, const struct form_node *node,
                                     enum xform_part part);

/* ---- small helpers over the DOM; names without prefix ---- */
bool xform_is(const xmlNode *element, const char *name);
xmlNode *xform_child(const xmlNode *parent, const char *name);
/* In the scratch; NULL when absent. */
const char *xform_attribute(const struct xform_reader *r, const xmlNode *element, const char *name);
const char *xform_content(struct arena *arena, const xmlNode *element);
/* The node that a control's or action's ref means, seen from a container's path. */
struct form_node *xform_ref(const struct xform_reader *r, const xmlNode *element, const char *around);

bool xform_is_control(const xmlNode *element);

/* ---- xform_names.c ---- */
void xform_read_names(struct xform_reader *r, const xmlNode *html);
void xform_read_instance_name(struct xform_reader *r);

/* ---- xform_actions.c ---- */
void xform_read_actions(struct xform_reader *r);

/* ---- xform_words.c ---- */
void xform_read_itext(struct xform_reader *r);
/* The words of a label, hint or message; NULL when there are none. `hint`: the guidance stands behind it. */
const struct form_words *xform_words(struct xform_reader *r, const xmlNode *element, const struct form_node *node,
                                     enum xform_part part);
const struct form_words *xform_message(struct xform_reader *r, const char *text, const struct form_node *node,
                                       enum xform_part part);
/* One plain text per language of an id of the itext; NULL when there is none. */
const char **xform_plain_words(struct xform_reader *r, const char *id);

/* ---- xform_lists.c ---- */
void xform_read_instances(struct xform_reader *r);
void xform_read_choices(struct xform_reader *r, xmlNode *control, struct form_node *node, struct form_rules *rules);

/* ---- order.c ---- */
void xform_order(struct xform_reader *r);

#endif
