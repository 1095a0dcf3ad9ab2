/* Lets the n-th write of a process fail as a full disk would, for tests/battery_crashes.py.
 *
 * Loaded with LD_PRELOAD; counts what changes a file, whether called by Python, SQLite, NumPy or FAISS.  From the n-th
 * on every one fails: a disk that is full stays full.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

static long fail_from = 0, counted = 0;

void start_failing(long from) { fail_from = from; counted = 0; }
long writes_counted(void) { return counted; }

static int fails(void) {
    counted++;
    if (fail_from && counted >= fail_from) { errno = ENOSPC; return 1; }
    return 0;
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *b, size_t n) { REAL(write); return fails() ? -1 : real(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t at) { REAL(pwrite); return fails() ? -1 : real(fd, b, n, at); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t at) { REAL(pwrite64); return fails() ? -1 : real(fd, b, n, at); }
size_t fwrite(const void *b, size_t s, size_t n, FILE *f) { REAL(fwrite); return fails() ? 0 : real(b, s, n, f); }
int fsync(int fd) { REAL(fsync); return fails() ? -1 : real(fd); }
int fdatasync(int fd) { REAL(fdatasync); return fails() ? -1 : real(fd); }
int ftruncate64(int fd, off64_t n) { REAL(ftruncate64); return fails() ? -1 : real(fd, n); }
int rename(const char *a, const char *b) { REAL(rename); return fails() ? -1 : real(a, b); }
int mkdir(const char *a, mode_t m) { static int (*real)(const char *, mode_t); if (!real) real = dlsym(RTLD_NEXT, "mkdir"); return fails() ? -1 : real(a, m); }
