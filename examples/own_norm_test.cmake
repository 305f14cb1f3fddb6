# A comparison with the example's normalisation: it is trained, and its report tells of it.
#   PROGRAM: own_norm; EMULATOR: runs it, when cross-compiling; WORK_DIR: emptied first
file(REMOVE_RECURSE ${WORK_DIR})
execute_process(
  COMMAND ${EMULATOR} ${PROGRAM} compare --norms none,softsign:2 --seeds 1 --model mlp --limit-train 64
    --limit-test 32 --epochs 1 --out ${WORK_DIR}
  RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT code EQUAL 0 OR NOT output MATCHES "softsign:2")
  message(FATAL_ERROR "ended with ${code}:\n${output}")
endif()
file(READ ${WORK_DIR}/report.html report)
if(NOT report MATCHES "softsign:2")
  message(FATAL_ERROR "the report does not tell of it")
endif()
