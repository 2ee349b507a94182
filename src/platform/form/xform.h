/* XForms: made from a workbook's sheets, and read into a form. */
#ifndef AUSMA_PLATFORM_FORM_XFORM_H
#define AUSMA_PLATFORM_FORM_XFORM_H

#include "platform/form/workbook.h"
#include "platform/form/xform_read.h"

/* What became of a workbook. */
struct xlsform {
    struct bytes xml; /* the XForm */
    struct form_problem *problems;
    size_t problem_count;
    struct converter *converter; /* where each path came from; lives as long as the scratch */
};

/* ERR_INPUT: at least one problem is an error. `root_name` is the root element when the settings name none; NULL: "data". */
MUST_USE enum err xlsform_convert(struct arena *arena, struct arena *scratch, const struct workbook *book,
                                  const char *root_name, struct xlsform *out);

/* The same from a file: a workbook of any kind. ERR_INPUT as above, also when it is no workbook. */
MUST_USE enum err xlsform_read(struct arena *arena, struct arena *scratch, struct bytes file, const char *root_name,
                               struct xlsform *out);
/* For struct xform_origin: `data` is the converter. */
void xlsform_locate(void *data, const char *path, enum xform_part part, struct form_problem *problem);

#endif
