/* Loaded before the C library (LD_PRELOAD): lets one call that writes, syncs, renames or deletes fail, or the process
   die in the midst of it. Only files that the program opens itself are meant: numbers 0 to 2 are left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

enum { NEVER, ONCE, FULL, DIE };
static long nowhere, *calls = &nowhere, at;
static int how = NEVER;

/* Count into that number, shared between processes, and strike at the call `number` in the way `mode`. */
void failing_arm(long *counter, long number, int mode) { calls = counter; *calls = 0; at = number; how = mode; }

/* ONCE: this call fails; FULL: from this call on every one that needs room fails. */
static int strikes(int needs_room) {
    long number = ++*calls;
    return how == FULL ? needs_room && number >= at : how != NEVER && number == at;
}
static int fail(int reason) { errno = reason; return -1; }
static void die(void) { kill(getpid(), SIGKILL); for (;;) pause(); }
#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name)) dlsym(RTLD_NEXT, #name)

ssize_t write(int file, const void *data, size_t size) {
    REAL(write);
    if (file > 2 && strikes(1)) { if (how == DIE) { real(file, data, size / 2); die(); } return fail(ENOSPC); }
    return real(file, data, size);
}
ssize_t pwrite(int file, const void *data, size_t size, off_t place) {
    REAL(pwrite);
    if (file > 2 && strikes(1)) { if (how == DIE) { real(file, data, size / 2, place); die(); } return fail(ENOSPC); }
    return real(file, data, size, place);
}
ssize_t pwrite64(int file, const void *data, size_t size, off64_t place) {
    REAL(pwrite64);
    if (file > 2 && strikes(1)) { if (how == DIE) { real(file, data, size / 2, place); die(); } return fail(ENOSPC); }
    return real(file, data, size, place);
}
#define OTHER(type, name, parameters, values, needs_room, reason, guard) \
    type name parameters { REAL(name); \
        if ((guard) && strikes(needs_room)) { if (how == DIE) die(); return fail(reason); } return real values; }
OTHER(int, fsync, (int file), (file), 0, EIO, file > 2)
OTHER(int, fdatasync, (int file), (file), 0, EIO, file > 2)
OTHER(int, ftruncate, (int file, off_t size), (file, size), 0, EIO, file > 2)
OTHER(int, ftruncate64, (int file, off64_t size), (file, size), 0, EIO, file > 2)
OTHER(int, rename, (const char *from, const char *to), (from, to), 1, ENOSPC, 1)
OTHER(int, link, (const char *from, const char *to), (from, to), 1, ENOSPC, 1)
OTHER(int, unlink, (const char *path), (path), 0, EIO, 1)
