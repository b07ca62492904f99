const D=require("dnn-lab");const {tf}=D,L=tf.layers;
const t=(n,f)=>{try{console.log(n,"->",f())}catch(e){console.log(n,"THROWS",e.stack.slice(0,900))}};
t("resizing",()=>tf.sequential({layers:[L.resizing({height:4,width:4,inputShape:[6,6,1]})]}).predict(tf.ones([2,6,6,1])).shape);
t("rescaling",()=>tf.sequential({layers:[L.rescaling({scale:.5,inputShape:[6,6,1]})]}).predict(tf.ones([2,6,6,1])).shape);
t("crop",()=>tf.sequential({layers:[L.centerCrop({height:2,width:2,inputShape:[6,6,1]})]}).predict(tf.ones([2,6,6,1])).shape);
