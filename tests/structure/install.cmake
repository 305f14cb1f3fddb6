# Installs what was built into a folder of the build tree and builds copies of examples/own_layer and
# examples/own_norm against it, as projects of their own would.
#   SOURCE_DIR, BUILD_DIR: Keel's; WORK_DIR: emptied first; APPS: whether Keel's has the program;
#   GENERATOR, COMPILER, FLAGS, CONFIG, TOOLCHAIN: for the copies; EMULATOR: runs them, when cross-compiling

# run(...): a command that must succeed; leaves what it printed in `output`.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "${command}\nended with ${code}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# run_example(name arguments...): builds the copy and runs its program; leaves what that printed in `output`.
function(run_example name)
  file(COPY ${SOURCE_DIR}/examples/${name} DESTINATION ${WORK_DIR})
  set(build ${WORK_DIR}/build/${name})
  run(${CMAKE_COMMAND} -S ${WORK_DIR}/${name} -B ${build} -G ${GENERATOR}
    -DCMAKE_PREFIX_PATH=${WORK_DIR}/prefix -DCMAKE_BUILD_TYPE=${CONFIG}
    -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_CXX_FLAGS=${FLAGS}" "-DCMAKE_TOOLCHAIN_FILE=${TOOLCHAIN}")
  run(${CMAKE_COMMAND} --build ${build} --config ${CONFIG})
  run(${EMULATOR} ${build}/${name} ${ARGN})
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK_DIR})
run(${CMAKE_COMMAND} --install ${BUILD_DIR} --config ${CONFIG} --prefix ${WORK_DIR}/prefix)

run_example(own_layer)
if(NOT output MATCHES "1\\.weight \\[3\\] has a gradient: yes")
  message(FATAL_ERROR "own_layer printed:\n${output}")
endif()

if(APPS)
  run_example(own_norm compare --norms none,softsign:2+ws --seeds 1 --dry-run)
  if(NOT output MATCHES "--norm softsign:2\\+ws")
    message(FATAL_ERROR "own_norm printed:\n${output}")
  endif()
endif()
