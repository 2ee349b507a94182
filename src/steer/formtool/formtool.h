/* The commands `ausma form ...`, which need no installation: check, convert, eval, fill. */
#ifndef AUSMA_STEER_FORMTOOL_FORMTOOL_H
#define AUSMA_STEER_FORMTOOL_FORMTOOL_H

/* Runs "check FILE", "convert FILE", ... and gives the exit code. */
int form_command(int argc, char **argv);

#endif
