"""Grading a folder of submissions, safely.

    submissions   what lies in the folder: bulk downloads of Moodle and Canvas, an nbgrader tree, plain files
    program       a submitted notebook, read as untrusted data: cells to run, variables to take out
    worker        runs inside the sandbox: forks a warm process for each program, sends answers out as data
    confinement   what a submission may do and see: namespaces, bounds, system calls
    sandbox       starts the worker in bubblewrap and talks to it
    engine        one submission -> one report; many of them with a pool or a cluster
    marks         what people give to free texts: the file, the points, how far two markers agree; marking: a form for it
    gradebook     reports -> grades: late policy, attempts; CSV for people, Moodle, Canvas
    feedback      reports -> pages: one for each student, one for the class

Expected values never enter the sandbox; answers leave it as JSON, never as pickle, and are judged by
`claimbook.judging` in this process.
"""
