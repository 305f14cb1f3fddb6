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
# A button of the curves, and a row of the table.
foreach(part "</span>softsign:2</button>" "</span>softsign:2</th>")
  string(FIND "${report}" "${part}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "the report has no ${part}")
  endif()
endforeach()
file(READ ${WORK_DIR}/results.json results)
foreach(run RANGE 1)
  string(JSON status GET "${results}" runs ${run} status)
  if(NOT status STREQUAL "completed")
    message(FATAL_ERROR "run ${run} is ${status}")
  endif()
endforeach()
