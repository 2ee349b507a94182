/* Shared between the files of this folder only. */
#ifndef AUSMA_CASE_FILE_INTERNAL_H
#define AUSMA_CASE_FILE_INTERNAL_H

#include "case/file/file.h"

const char *file_name_make(struct arena *arena, const struct file_name *name);

#endif
