/* XForms: made from a workbook's sheets, and read into a form. */
#ifndef AUSMA_PLATFORM_FORM_XFORM_H
#define AUSMA_PLATFORM_FORM_XFORM_H

#include "platform/form/workbook.h"

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

#endif
