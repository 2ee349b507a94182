/* Included by every .c file through the build (-include): the functions below do not compile. */
#ifndef AUSMA_BASE_BANNED_H
#define AUSMA_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok localtime gmtime asctime ctime system \
    popen

#endif
