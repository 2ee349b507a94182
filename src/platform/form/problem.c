/* What is wrong with a form, in English sentences for the command line and the logs. Pages have their own words. */
#include "base/buf.h"
#include "platform/form/form.h"

struct sentence {
    const char *cause, *remedy;
};

static const struct sentence sentences[FORM_PROBLEM_COUNT] = {
    [FORM_PROBLEM_NONE] = {"nothing is wrong", ""},
    [FORM_NOT_A_WORKBOOK] = {"this is no workbook, or it is damaged",
                             "save it anew as .xlsx, .csv or Markdown tables with a sheet \"survey\""},
    [FORM_TOO_LARGE] = {"too large or too many", "shorten or divide the form"},
    [FORM_SHEET_MISSING] = {"a sheet is missing", "add it or correct its name"},
    [FORM_COLUMN_MISSING] = {"a column is missing", "add it in the first row or correct its heading"},
    [FORM_COLUMN_TWICE] = {"a column stands twice", "remove one of the two"},
    [FORM_CELL_MISSING] = {"this cell may not be empty", "fill it in or clear the row"},
    [FORM_TEXT_INVALID] = {"the text holds characters that no text may hold",
                           "type it anew, and save the file as UTF-8"},
    [FORM_TYPE_UNKNOWN] = {"there is no such type of question", "correct the type"},
    [FORM_NOT_SUPPORTED] = {"this is not supported", "express it with other types of question"},
    [FORM_NAME_INVALID] = {"this cannot be a name",
                           "begin with a letter or _, and go on with letters, digits, _, - or full stops"},
    [FORM_NAME_TWICE] = {"another question, group or repeat has this name", "rename one of them"},
    [FORM_LIST_UNKNOWN] = {"there is no such list of choices", "correct the name or add the list"},
    [FORM_CHOICE_TWICE] = {"the list has this choice already, and answers will not tell the two apart",
                           "rename one, or set allow_choice_duplicates to yes"},
    [FORM_GROUP_NOT_CLOSED] = {"the group or repeat that begins here does not end", "add its end row"},
    [FORM_GROUP_NOT_OPEN] = {"this ends a group or repeat that did not begin, or one of the other kind",
                             "remove the row or add the begin row"},
    [FORM_EXPRESSION_INVALID] = {"the expression cannot be understood", "correct it at the place named"},
    [FORM_REFERENCE_UNKNOWN] = {"the form has no question of this name", "correct the name in ${}"},
    [FORM_REFERENCE_UNCLEAR] = {"several questions have this name, so ${} cannot tell which is meant",
                                "rename one of them"},
    [FORM_CIRCLE] = {"these questions depend on one another in a circle", "take one of them out of the circle"},
    [FORM_VALUE_INVALID] = {"this column does not take this", "correct the cell"},
    [FORM_EMPTY] = {"the form has no question", "add one"},
    [FORM_ELEMENT_MISSING] = {"this is no XForm: an element is missing", "convert the form anew from its workbook"},
    [FORM_LABEL_MISSING] = {"there is no label, hint or picture", "write a label"},
    [FORM_CALCULATION_MISSING] = {"there is nothing to calculate", "write a calculation or a default to be worked out"},
    [FORM_PARAMETER_INVALID] = {"a parameter is wrong", "correct the column \"parameters\""},
    [FORM_TRIGGER_INVALID] = {"this cannot be a trigger", "name visible questions: ${one}, ${two}"},
    [FORM_NAME_RESERVED] = {"this name is kept for the form's own data", "choose another one"},
    [FORM_NAME_SIMILAR] = {"the name differs from another one only in small and large letters", "rename one of them"},
    [FORM_ENTITY_INVALID] = {"the entity cannot be made this way", "correct the entities sheet or the column save_to"},
    [FORM_SOURCE_TWICE] = {"two lists or files have this name", "rename one of them"},
    [FORM_FILE_UNKNOWN] = {"choices come from files that end in .csv, .xml or .geojson", "give the file's whole name"},
    [FORM_LANGUAGE_UNCLEAR] = {"these languages have no code", "write it behind the name: Latvian (lv)"},
    [FORM_SHEET_SIMILAR] = {"there is no such sheet, but one with a similar name",
                            "rename it, or put _ in front of its name"},
    [FORM_OUTDATED] = {"today's devices do not tell this any more", "leave it out"},
    [FORM_MAX_PIXELS] = {"photos are sent in full size", "set a limit in parameters: max-pixels=1024"},
    [FORM_OLD_WORKBOOK] = {"this is a workbook of the old kind (.xls)",
                           "open it in a spreadsheet program and save it as .xlsx"},
};

char *form_problem_text(struct arena *arena, const struct form_problem *problem)
{
    struct buf buf;
    buf_init(&buf, arena, 200);
    if (problem->sheet[0] != '\0')
        buf_format(&buf, "sheet %s, ", problem->sheet);
    if (problem->row > 0)
        buf_format(&buf, "row %u, ", problem->row);
    if (problem->column[0] != '\0')
        buf_format(&buf, "column %s, ", problem->column);
    if (buf.len > 0)
        buf.len -= 2;
    if (problem->heading[0] != '\0')
        buf_format(&buf, " (%s)", problem->heading);
    if (buf.len > 0)
        buf_text(&buf, ": ");
    buf_text(&buf, sentences[problem->code].cause);
    if (problem->detail[0] != '\0')
        buf_format(&buf, ": %s", problem->detail);
    return buf.ptr;
}

const char *form_problem_remedy(const struct form_problem *problem)
{
    return sentences[problem->code].remedy;
}

const char *form_error_name(enum form_error error)
{
    static const char *const names[FORM_ERROR_COUNT] = {
        [FORM_FINE] = "fine",
        [FORM_MISSING] = "missing",
        [FORM_NOT_INTEGER] = "not_integer",
        [FORM_NOT_NUMBER] = "not_number",
        [FORM_NOT_DATE] = "not_date",
        [FORM_NOT_TIME] = "not_time",
        [FORM_UNKNOWN_CHOICE] = "unknown_choice",
        [FORM_NOT_ALLOWED] = "not_allowed",
        [FORM_NOT_PLACE] = "not_place",
        [FORM_TEXT_BAD] = "text_bad",
    };
    return names[error];
}
