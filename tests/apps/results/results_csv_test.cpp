#include "apps/results/results_csv.h"

#include <keel/core/file.h>

#include "tests/apps/sample_comparison.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

TEST_CASE("results.csv has one row per run and quotes what needs it") {
  const keel::testing::TempFolder folder;
  keel::Comparison comparison = keel::testing::empty_comparison();
  comparison.target_accuracy = 0.75;
  comparison.runs = {keel::testing::sample_run("batch", 1, {0.5, 1.0}),
                     keel::testing::diverged_run("layer", 2)};
  comparison.runs[0].command = "keel train --name \"a, b\"";
  keel::write_results_csv(comparison, folder.path() / "results.csv");
  CHECK(keel::read_file(folder.path() / "results.csv") ==
        "id,norm,lr,batch_size,seed,status,parameters,epochs,steps,seconds,train_loss,"
        "train_accuracy,test_loss,test_accuracy,accuracy_area,images_per_second,steps_to_target,"
        "epochs_to_target,seconds_to_target,peak_tensor_bytes,diverged_step,diverged_layer,"
        "directory,command\r\n"
        "batch-lr0.1-b64-s1,batch,0.1,64,1,completed,61706,2,200,20,0,1,0,1,0.75,640,150,1.5,15,"
        "123456789,,,runs/batch-lr0.1-b64-s1,\"keel train --name \"\"a, b\"\"\"\r\n"
        "layer-lr0.1-b64-s2,layer,0.1,64,2,diverged,61706,0,0,,,,,,,,,,,123456789,7,features.3,"
        "runs/layer-lr0.1-b64-s2,keel train --norm layer --seed 2\r\n");
}
