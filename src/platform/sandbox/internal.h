/* Shared between the files of the sandbox only. */
#ifndef AUSMA_PLATFORM_SANDBOX_INTERNAL_H
#define AUSMA_PLATFORM_SANDBOX_INTERNAL_H

#include "platform/sandbox/sandbox.h"

/* A build for tests, whose sanitizers look at the process when it ends: they get what they need for that, and no more. */
#if defined __SANITIZE_ADDRESS__
#define SANDBOX_SANITIZED
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANDBOX_SANITIZED
#endif
#endif

#endif
