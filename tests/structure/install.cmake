# Installs what was built into a folder of the build tree and builds a copy of examples/own_layer against
# it, as a project of its own would.
#   SOURCE_DIR, BUILD_DIR: Keel's; WORK_DIR: emptied first; GENERATOR, COMPILER, FLAGS, CONFIG,
#   TOOLCHAIN: for the copy; EMULATOR: runs it, when cross-compiling

# run(...): a command that must succeed; leaves what it printed in `output`.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "${command}\nended with ${code}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK_DIR})
run(${CMAKE_COMMAND} --install ${BUILD_DIR} --config ${CONFIG} --prefix ${WORK_DIR}/prefix)
file(COPY ${SOURCE_DIR}/examples/own_layer DESTINATION ${WORK_DIR})
run(${CMAKE_COMMAND} -S ${WORK_DIR}/own_layer -B ${WORK_DIR}/build -G ${GENERATOR}
  -DCMAKE_PREFIX_PATH=${WORK_DIR}/prefix -DCMAKE_BUILD_TYPE=${CONFIG}
  -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_CXX_FLAGS=${FLAGS}" "-DCMAKE_TOOLCHAIN_FILE=${TOOLCHAIN}")
run(${CMAKE_COMMAND} --build ${WORK_DIR}/build --config ${CONFIG})
run(${EMULATOR} ${WORK_DIR}/build/own_layer)
if(NOT output MATCHES "1\\.weight \\[3\\] has a gradient: yes")
  message(FATAL_ERROR "own_layer printed:\n${output}")
endif()
